"""Commercial payers as the next payer."""
