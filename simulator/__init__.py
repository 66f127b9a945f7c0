"""A GitHub on a local socket: real git repositories, documented laws, knobs for what goes wrong."""

from simulator.github import Simulator
from simulator.installation import Installation
from simulator.knobs import Failure, RateLimit
from simulator.pull_request import PullRequest
from simulator.repository import Repository

__all__ = ["Failure", "Installation", "PullRequest", "RateLimit", "Repository", "Simulator"]
