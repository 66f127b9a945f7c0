"""An ear for webhooks, as the simulator's own tests have it."""

from tests.simulator.conftest import ear

__all__ = ["ear"]
