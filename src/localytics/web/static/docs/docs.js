// The API's docs: Swagger UI over the document that the service itself makes.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null, // it would ask a server elsewhere
  tryItOutEnabled: true,
});
