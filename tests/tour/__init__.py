"""The tour: the real window, driven through the main job as a person would, with proof on disk.

`python -m tests.tour` runs all of it on the sample hub and leaves a picture of each step in
`build/tour`; the tests run the same steps on a hub of their own.
"""
