"""Watchkeeper: observability and autoscaling as code, rehearsed offline before it goes live."""

__version__ = "0.1.0"
