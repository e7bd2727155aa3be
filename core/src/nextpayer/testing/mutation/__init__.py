"""Mutation: known faults seeded into an adapter, to see whether its tests would notice them."""

from nextpayer.testing.mutation.faults import MUTANTS
from nextpayer.testing.mutation.mutant import Mutant, seed
from nextpayer.testing.mutation.score import Caught, Score, score

__all__ = ["MUTANTS", "Caught", "Mutant", "Score", "score", "seed"]
