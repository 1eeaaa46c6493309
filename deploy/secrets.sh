#!/usr/bin/env bash
# Make every secret of an office, each in a file of its own that only the containers' user may read. What is there
# already stays: delete a file and run this again to renew it. Secrets go to $SECRETS_DIR (deploy/secrets).
# OWNER is the user id inside the containers (10001).
set -euo pipefail
cd "$(dirname "$0")"
SECRETS_DIR=${SECRETS_DIR:-secrets} OWNER=${OWNER:-10001}
SERVICES=(intake workflow supervision notify registry console)

refuse() { echo "$1" >&2; exit 1; }
command -v openssl >/dev/null || refuse "缺少 openssl，请先安装 / openssl is missing: apt-get install openssl"
[ "$OWNER" = "$(id -u)" ] || [ "$(id -u)" = 0 ] || refuse "请用 root 运行 / run this as root: the files belong to user $OWNER"
umask 077
mkdir -p "$SECRETS_DIR"

make() { # name, command …: write what the command prints, unless the file is there
  local file=$SECRETS_DIR/$1
  shift
  [ -e "$file" ] && return
  "$@" >"$file.new" && mv "$file.new" "$file"
  echo "已生成 / made: $file"
}
mongo_url() { echo "mongodb://$1:$(openssl rand -hex 32)@mongo:27017/?replicaSet=rs0&authSource=admin"; }
public_of() { openssl pkey -in "$SECRETS_DIR/$1" -pubout; }
nats_passwords() {
  for user in "${SERVICES[@]}" external; do echo "${user^^}_PASSWORD: \"$(cat "$SECRETS_DIR/nats-password-$user")\""; done
}

make mongo-keyfile openssl rand -base64 756
make mongo-url-root mongo_url root
for service in "${SERVICES[@]}"; do
  make "mongo-url-$service" mongo_url "$service"
  make "nats-password-$service" openssl rand -hex 32
done
make nats-password-external openssl rand -hex 32
nats_passwords >"$SECRETS_DIR/nats-passwords.conf.new" # always anew: it repeats the passwords above
mv "$SECRETS_DIR/nats-passwords.conf.new" "$SECRETS_DIR/nats-passwords.conf"
make field-keys-intake openssl rand -base64 32
make field-keys-notify openssl rand -base64 32
make field-keys-console openssl rand -base64 32
make jwt-private.pem openssl genpkey -algorithm ed25519
make jwt-public.pem public_of jwt-private.pem
make link-key.pem openssl genpkey -algorithm ed25519
make case-key.pem openssl genpkey -algorithm ed25519
make smtp-password true # empty: write yours into it, if your mail server asks for one
make oidc-client-secret true # the same for your identity provider
make gateway-token true # the same for the gateway of short messages and work chat
make providers.toml true # the same for further providers of messages (services/notify/README.md)
make exchange.toml true # the same for the provincial platform (docs/how-to/connect-a-provincial-platform.md)
make receipt-keys openssl rand -base64 32 # by this key providers sign their delivery receipts

chown "$OWNER:$OWNER" "$SECRETS_DIR"/* 2>/dev/null || chown "$OWNER" "$SECRETS_DIR"/*
chmod 0400 "$SECRETS_DIR"/*
chmod a+rX nats mongo nats/* mongo/* # read by the same user, whatever umask the checkout was made with
