"""Exceptions of the stand-in."""
