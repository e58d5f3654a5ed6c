"""Asymmetric keys of the stand-in."""
