# One image for storage nodes and gateways; docker-compose.yml says which a container is.

FROM node:24-bookworm-slim AS build
WORKDIR /app
# The manifests alone first: the installed packages are cached until one of them changes.
COPY package.json package-lock.json .npmrc ./
COPY packages/crush/package.json packages/crush/
COPY packages/records/package.json packages/records/
COPY packages/cluster/package.json packages/cluster/
COPY packages/dbnode/package.json packages/dbnode/
COPY packages/gateway/package.json packages/gateway/
COPY packages/cli/package.json packages/cli/
COPY packages/console/package.json packages/console/
COPY tests/package.json tests/
COPY bench/package.json bench/
RUN npm ci --no-audit --no-fund
COPY tsconfig.base.json ./
COPY packages packages
COPY scripts/build-console.mjs scripts/
RUN npx tsc -b packages/cli && node scripts/build-console.mjs
# What a running node needs: no compiler, no tests, no sources, no maps.
RUN npm prune --omit=dev --no-audit --no-fund \
 && find packages -name '*.map' -delete \
 && find packages -name '*.d.ts' -delete \
 && rm -rf packages/*/src packages/*/*.tsbuildinfo packages/*/testdata

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=5000 DATA_DIR=/data
# A gateway's, as packages/cluster/src/serving/process-flags.ts has them.
ENV NODE_OPTIONS=--max-semi-space-size=64
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/packages packages
COPY scripts/healthcheck.mjs scripts/
# A volume takes over the owner of the folder that it is mounted on.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 5000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["node", "scripts/healthcheck.mjs"]
CMD ["node", "packages/gateway/dist/main.js"]
