"""What the window asks of the shelf: each errand runs in the background and comes home with words.

Only the main window makes errands and connects pages to them.
"""
