"""Pages for the public: no script, no cookie, nothing loaded from elsewhere."""

from typing import Final

from services.intake.pages import guides, results, status

ROUTERS: Final = (status.pages, guides.pages, results.pages)
