"""How requests reach the pages: gunicorn's worker, limits, middleware, error pages, assets."""
