"""Payer packs of Blue, dental, TRICARE and other plans, as they publish; each file names its sources."""
