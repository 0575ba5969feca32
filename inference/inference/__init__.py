"""Answers prediction requests from trained models, reading one database."""
