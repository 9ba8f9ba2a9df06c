// SPDX-License-Identifier: GPL-2.0-only
// Validates by libvalijson.
//
// Copyright (C) The virt authors
#include "schema.hpp"

#include <fstream>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

namespace virt::test
{

namespace
{

using Json = nlohmann::json;

void close_objects(Json &schema)
{
    if (schema.is_object() && schema.contains("properties") &&
        !schema.contains("additionalProperties")) {
        schema["additionalProperties"] = false;
    }
    if (schema.is_structured()) {
        for (Json &part : schema) {
            close_objects(part);
        }
    }
}

Json read_schema(const std::string &name, const std::string &program)
{
    std::ifstream file(VIRT_TOP "/docs/" + program + ".schema.json");
    Json all = Json::parse(file);
    Json schema = all.at("definitions").at(name);
    close_objects(all);
    return {{"$ref", "#/definitions/" + name},
            {"definitions", all["definitions"]}};
}

} // namespace

::testing::AssertionResult fits_schema(const std::string &document,
                                       const std::string &name,
                                       const std::string &program)
{
    const Json wanted = read_schema(name, program);
    const Json target = Json::parse(document);
    valijson::Schema schema;
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(wanted),
                        schema);
    valijson::ValidationResults results;
    if (valijson::Validator().validate(
            schema, valijson::adapters::NlohmannJsonAdapter(target),
            &results)) {
        return ::testing::AssertionSuccess();
    }
    auto failure = ::testing::AssertionFailure();
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
        for (const std::string &step : error.context) {
            failure << step;
        }
        failure << ": " << error.description << '\n';
    }
    return failure << document;
}

} // namespace virt::test
