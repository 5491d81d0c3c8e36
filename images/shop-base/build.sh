# Node with the shop's dependencies, so that its build needs no registry.
npm_directory=$(mktemp -d)
cp "$REPOSITORY"/examples/shop/package.json "$REPOSITORY"/examples/shop/package-lock.json "$npm_directory"
(cd "$npm_directory" && npm ci --omit=dev --silent --no-audit --no-fund)
printf 'FROM sluice-test/node:24\nLABEL dev.sluice.recipe=%s\nCOPY node_modules /app/node_modules\n' "$RECIPE" > "$npm_directory/Dockerfile"
docker build -q -t "$IMAGE" "$npm_directory" > /dev/null
rm -rf "$npm_directory"
