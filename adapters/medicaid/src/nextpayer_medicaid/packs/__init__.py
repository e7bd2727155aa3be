"""Payer packs of state Medicaid programmes, from their published rules; each file names its sources."""
