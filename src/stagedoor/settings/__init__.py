"""The settings: one typed tree, and the only reader of `stagedoor.toml` and of the environment."""

from stagedoor.settings.carrier import CarrierSettings, CloudflareSettings
from stagedoor.settings.mixer import MixerSettings, ReturnSettings
from stagedoor.settings.model import (
    DestinationSettings,
    GuestsSettings,
    HubSettings,
    IceServer,
    LogSettings,
    MediamtxSettings,
    RelaySettings,
    SeatSettings,
    ServerSettings,
    Settings,
    Tls,
    WebrtcSettings,
)
from stagedoor.settings.osc import OscSettings
from stagedoor.settings.recording import RecordingSettings
from stagedoor.settings.sources import Layer, Loaded, load, load_settings
from stagedoor.settings.values import PortRange, parse_duration, reachable

__all__ = [
    "CarrierSettings",
    "CloudflareSettings",
    "DestinationSettings",
    "GuestsSettings",
    "HubSettings",
    "IceServer",
    "Layer",
    "Loaded",
    "LogSettings",
    "MediamtxSettings",
    "MixerSettings",
    "OscSettings",
    "PortRange",
    "RecordingSettings",
    "RelaySettings",
    "ReturnSettings",
    "SeatSettings",
    "ServerSettings",
    "Settings",
    "Tls",
    "WebrtcSettings",
    "load",
    "load_settings",
    "parse_duration",
    "reachable",
]
