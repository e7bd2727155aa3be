"""Payer packs of sunrise. The TOML files are in ``packs``."""
