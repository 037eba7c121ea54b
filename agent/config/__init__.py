"""Settings: what can be set, where it is set, and whose word counts. Project files count only with trust."""

from agent.config.load import Setting, Settings, load_config, read_settings
from agent.config.schema import Config

__all__ = ["Config", "Setting", "Settings", "load_config", "read_settings"]
