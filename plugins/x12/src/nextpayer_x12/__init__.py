"""X12 for nextpayer."""
