package io.tallymark.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;

/** A JSON schema, and what a document does not keep of it. */
final class CheckedSchema {
    private static final String PRESERVES_UNKNOWN = "x-kubernetes-preserve-unknown-fields";
    private static final String ADDITIONAL = "additionalProperties";

    private final Schema schema;

    private CheckedSchema(JsonNode schema) {
        // A duration of Compose is none of ISO 8601.
        SchemaRegistryConfig settings =
                SchemaRegistryConfig.builder().formatAssertionsEnabled(false).build();
        this.schema = SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_7, registry -> registry.schemaRegistryConfig(settings))
                .getSchema(schema);
    }

    /** Of docker-compose.yml; refuses unknown keys by itself. */
    static CheckedSchema ofCompose() {
        ObjectNode schema = Yaml.resource("compose-spec/compose-spec.json").deepCopy();
        // It names its dialect, and itself and its parts, in ways that this validator does not take; nothing refers to
        // them.
        schema.remove("$schema");
        removeIds(schema);
        return new CheckedSchema(schema);
    }

    /** Of the operator's FlinkDeployment. Kubernetes drops what a definition does not know; here it is a mistake. */
    static CheckedSchema ofFlinkDeployment() {
        JsonNode definition = Yaml.resource("META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml");
        JsonNode schema =
                definition.at("/spec/versions/0/schema/openAPIV3Schema").deepCopy();
        ObjectNode properties = (ObjectNode) schema.get("properties");
        // What every resource has beside its definition.
        for (String field : List.of("apiVersion", "kind", "metadata")) {
            properties.putObject(field);
        }
        refuseUnknown(schema);
        return new CheckedSchema(schema);
    }

    List<String> problems(JsonNode document) {
        return schema.validate(document).stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    private static void removeIds(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.path("id").isTextual()) {
            object.remove("id");
        }
        schema.forEach(CheckedSchema::removeIds);
    }

    private static void refuseUnknown(JsonNode schema) {
        if (!(schema instanceof ObjectNode object)) {
            return;
        }
        JsonNode properties = object.path("properties");
        if (properties.isObject()
                && !object.has(ADDITIONAL)
                && !object.path(PRESERVES_UNKNOWN).asBoolean()) {
            object.put(ADDITIONAL, false);
        }
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            refuseUnknown(property.getValue());
        }
        for (String inner : List.of("items", ADDITIONAL)) {
            refuseUnknown(object.path(inner));
        }
    }
}
