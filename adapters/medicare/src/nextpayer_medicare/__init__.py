"""Medicare as the next payer."""
