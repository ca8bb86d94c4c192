"""Modelshelf: every AI model on a workstation, in one window and on one command line."""

__version__ = "0.1.0"
