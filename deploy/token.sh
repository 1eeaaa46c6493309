#!/usr/bin/env bash
# Print a bearer token for one person: `token.sh u.registrar --role registrar --department D12`.
# For the first days, and for the machines of the office; people sign in at your identity provider (GUIHUA_JWKS_URL).
set -euo pipefail
cd "$(dirname "$0")"
KEY=$(realpath "${SECRETS_DIR:-secrets}/jwt-private.pem")
exec docker compose --progress quiet run --rm --no-deps -T -v "$KEY:/run/secrets/jwt-private.pem:ro" \
  --entrypoint "python -m services.kernel.bootstrap" registry token "$@"
