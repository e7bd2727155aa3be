"""Medicaid as the next payer."""
