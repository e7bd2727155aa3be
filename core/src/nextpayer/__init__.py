"""Secondary insurance billing: what happens to a claim after the first payer answered."""
