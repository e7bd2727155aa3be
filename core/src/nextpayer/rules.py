"""The rules the core itself contributes, through the same hooks that plugins use."""
