"""Payer packs of Medicare's contractors, from what they and CMS publish; each file names its sources."""
