"""Deleting: facts, plan, execution."""
