"""Tests of the in-page runner outside a browser; those in one are in tests/site."""
