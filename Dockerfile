# Both stages are one image, pinned by its digest (an index of all platforms) in the registry of the official images. To
# move on: `docker buildx imagetools inspect docker.io/library/node:VERSION-alpine`, here or as --build-arg NODE_IMAGE=….
ARG NODE_IMAGE=docker.io/library/node:24.21.0-alpine@sha256:ebfe2f90462722a7a4de65e91990e97fe0d401c70e0e762c5b53302f905ec1c1

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY bin/package.json bin/
RUN npm install --no-save --ignore-scripts --no-audit
COPY . .
# The bundle holds every dependency: nothing of node_modules goes further.
RUN node scripts/build.mjs

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /assay
# Only node itself is needed: without npm and yarn there is less to patch.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-*
COPY --from=build /src/package.json /src/LICENSE ./
COPY --from=build /src/bin/ bin/
COPY --from=build /src/dist/ dist/
COPY --from=build /src/bundles/ bundles/
COPY --from=build /src/rego/ rego/
COPY --from=build /src/schemas/ schemas/
# `node` in this image; by number, so that Kubernetes' runAsNonRoot can check it.
USER 1000:1000
# 8443: Gatekeeper, 8444: Kyverno, 8445: the API server, 8446: other clients, 9090: health and metrics.
EXPOSE 8443 8444 8445 8446 9090
# Through the metrics listener, plain HTTP on loopback: the others ask for certificates.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9090/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/assay/bin/assay.mjs"]
CMD ["serve", "--config", "/etc/assay/assay.yaml"]
