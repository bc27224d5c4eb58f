import logging

from . import config


class Engine:
    def __init__(self):
        self.state = config.SETTINGS

    def start(self):
        from .tools import helper
        return helper()
        #      ^ resolved/call app/tools.py:1


log = logging.getLogger()
#             ^ external/call external:logging#getLogger
log.info("made")
#   ^ external/call external:logging#getLogger().info
