# Node with the shop's dependencies, so that its build needs no registry.
cp "$REPOSITORY"/examples/shop/package.json "$REPOSITORY"/examples/shop/package-lock.json "$ROOT"
(cd "$ROOT" && npm ci --omit=dev --silent --no-audit --no-fund)
printf 'FROM %s\nCOPY node_modules /app/node_modules\n' "$BASE" > "$ROOT/Dockerfile"
docker build -q --label "dev.sluice.recipe=$RECIPE" -t "$IMAGE" "$ROOT" > /dev/null
