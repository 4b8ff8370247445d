"""A node as it stands in a table: district=swat/gender=woman; the whole wave is empty."""

from __future__ import annotations

from bot.core.cells import Node


def write_node(node: Node) -> str:
    """The words for a node."""
    return "/".join(f"{name}={code}" for name, code in node)


def read_node(words: str) -> Node:
    """The node that `write_node` wrote."""
    pairs = (part.partition("=") for part in words.split("/") if part)
    return tuple((name, code) for name, _, code in pairs)
