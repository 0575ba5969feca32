"""A simulated shop of which everything is known: what people like, and why they click.

The same seed gives the same shop. Whoever wants chance brings a generator of their own.
"""

from .catalogue import Item
from .generated import GeneratedShop, generate
from .learned import learned_shop
from .pictures import picture
from .shop import Log, Response, Shop

__all__ = [
    "GeneratedShop",
    "Item",
    "Log",
    "Response",
    "Shop",
    "generate",
    "learned_shop",
    "picture",
]
