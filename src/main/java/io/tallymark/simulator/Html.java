package io.tallymark.simulator;

import java.util.List;
import java.util.regex.Pattern;

/** Builds a page of tables. All text is escaped, and whatever looks like an API key is masked. */
final class Html {
    private static final Pattern KEY = Pattern.compile("((?:sk|rk|pk)_(?:test|live)_)\\w+");
    private static final String HEAD = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stripe simulator</title><style>
            body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1a1f36}
            h1{font-size:1.4rem}h2{font-size:1.05rem;margin:1.8rem 0 .4rem}
            table{border-collapse:collapse;width:100%}
            th,td{text-align:left;padding:.25rem .7rem .25rem 0;border-bottom:1px solid #e3e8ee;vertical-align:top}
            td{white-space:nowrap}td:last-child{white-space:normal;overflow-wrap:anywhere}
            th{color:#697386;font-weight:600}td{font-variant-numeric:tabular-nums}
            p{color:#697386}code{background:#f6f8fa;padding:0 .25rem}
            </style></head><body>
            """;

    private final StringBuilder page = new StringBuilder(HEAD);

    Html title(String text) {
        page.append("<h1>").append(escape(text)).append("</h1>\n");
        return this;
    }

    Html note(String text) {
        page.append("<p>").append(escape(text)).append("</p>\n");
        return this;
    }

    Html code(String text) {
        page.append("<p><code>").append(escape(text)).append("</code></p>\n");
        return this;
    }

    Html table(String title, List<String> columns, List<List<String>> rows) {
        page.append("<h2>").append(escape(title)).append("</h2>\n");
        if (rows.isEmpty()) {
            return note("None.");
        }
        page.append("<table><thead>");
        row("th", columns);
        page.append("</thead><tbody>\n");
        rows.forEach(cells -> row("td", cells));
        page.append("</tbody></table>\n");
        return this;
    }

    String end() {
        return page.append("</body></html>\n").toString();
    }

    private void row(String cell, List<String> texts) {
        page.append("<tr>");
        for (String text : texts) {
            page.append('<').append(cell).append('>').append(escape(text));
            page.append("</").append(cell).append('>');
        }
        page.append("</tr>\n");
    }

    private static String escape(String text) {
        return KEY.matcher(text)
                .replaceAll("$1…")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
