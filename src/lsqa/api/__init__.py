"""The network's side of lsqa: REST, OpenAI's protocol and MCP over one library.

`create_app` makes the application. Whatever comes in is untrusted: it is measured before it is read, and what goes
wrong is told as a problem (RFC 9457) that names no path of this machine.
"""

from lsqa.api.application import create_app
from lsqa.api.binding import require_tokens, server_configuration
from lsqa.api.log_lines import log_in_lines
from lsqa.api.service import Service

__all__ = ["Service", "create_app", "log_in_lines", "require_tokens", "server_configuration"]
