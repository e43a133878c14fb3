"""The hub: named paths of packets, each with one publisher and any number of bounded readers."""

from stagedoor.outputs.reader import Reader
from stagedoor.relay.hub.hub import Hub
from stagedoor.relay.hub.path import GAP_S, Path
from stagedoor.relay.hub.publisher import Publisher
from stagedoor.relay.hub.variants import Converter, Converters

__all__ = ["GAP_S", "Converter", "Converters", "Hub", "Path", "Publisher", "Reader"]
