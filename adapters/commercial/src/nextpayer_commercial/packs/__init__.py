"""Payer packs of Blue, dental, TRICARE and other plans, from what they publish; each names its sources."""
