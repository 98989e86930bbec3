"""The built-in demo: Helsinki's public facts with their sources, and invented example contacts."""

from loaders.demo.load import load_demo

__all__ = ["load_demo"]
