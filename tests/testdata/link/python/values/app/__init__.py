from .engine import Engine
from .tools import helper

__all__ = ["Engine", "helper"]
hidden = 3
