"""Payer packs of Blue, dental, TRICARE and other plans, from what they publish; each file names its sources."""
