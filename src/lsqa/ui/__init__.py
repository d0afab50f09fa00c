"""The chat page: ask, see the slide, trust the answer.

`build_page` makes the page, `mount_page` puts it on an application, `serve_page` serves it alone.
"""

from lsqa.ui.stubs import leave_stubs_alone

leave_stubs_alone()  # each module of the page imports Gradio
