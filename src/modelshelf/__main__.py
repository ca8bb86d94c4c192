"""`python -m modelshelf`."""

from modelshelf.launch import main

main()
