package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.CheckResult;

/// What a generic check has found, for users.
final class CheckJson {
    private CheckJson() {}

    /// Marathon's `CheckStatus`.
    static ObjectNode of(CheckResult result) {
        var json = Answer.object();
        switch (result) {
            case CheckResult.Http(var status) -> json.putObject("http").put("statusCode", status);
            case CheckResult.Tcp(var succeeded) ->
                    json.putObject("tcp").put("succeeded", succeeded);
            case CheckResult.Command(var code) -> json.putObject("command").put("exitCode", code);
        }
        return json;
    }

    /// In one word, as the conditions of containers are told.
    static String word(CheckResult result) {
        return switch (result) {
            case CheckResult.Http(var status) -> Integer.toString(status);
            case CheckResult.Tcp(var succeeded) -> Boolean.toString(succeeded);
            case CheckResult.Command(var code) -> Integer.toString(code);
        };
    }
}
