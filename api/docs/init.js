"use strict";

// Tokens stay in this page's memory: persistAuthorization is off, and the validator badge, which would call a
// foreign server, is left out.
window.ui = window.SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
  syntaxHighlight: { activated: true },
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
