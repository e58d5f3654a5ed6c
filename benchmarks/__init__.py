"""Reproducible measurements. ``python -m benchmarks`` prints one table; figures are ratios within one run."""
