"""Reachability: what a function's network calls can get to, decided from the VPC's real state."""
