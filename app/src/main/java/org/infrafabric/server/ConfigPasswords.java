package org.infrafabric.server;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.infrafabric.guard.UriPattern;
import org.infrafabric.guard.YamlSection;
import org.infrafabric.sip.Caller;
import org.infrafabric.sip.Credential;
import org.infrafabric.sip.DigestAlgorithm;
import org.infrafabric.sip.SipAccess;

/** The passwords of {@code sip:} in {@code ifbus.yaml}: ours for others, and others' for us. None of them is ever printed. */
final class ConfigPasswords {
    private static final Pattern TEXT = Pattern.compile("[^\\p{Cntrl}]{1,128}");

    private ConfigPasswords() {}

    static List<Credential> credentials(YamlSection sip) {
        List<Credential> credentials = new ArrayList<>();
        Set<String> realms = new LinkedHashSet<>();
        for (YamlSection section : sip.sections("credentials")) {
            String realm = text(section, "realm", "what the server names in its challenge, or \"*\" for any server that we call");
            String user = text(section, "user", "the name it knows us by");
            String password = text(section, "password", "the password it knows us by");
            if (!realm.isEmpty() && !realms.add(realm)) section.problem("realm", realm + " stands twice", "keep one of them");
            section.end();
            credentials.add(new Credential(realm, user, password));
        }
        return List.copyOf(credentials);
    }

    static List<DigestAlgorithm> digest(YamlSection sip) {
        if (!sip.has("digest")) {
            sip.texts("digest");
            return SipAccess.USUAL_HASHES;
        }
        Set<DigestAlgorithm> hashes = new LinkedHashSet<>();
        for (String name : sip.texts("digest")) {
            DigestAlgorithm.named(name).filter(found -> found.token().equals(name)).ifPresentOrElse(hashes::add,
                    () -> sip.problem("digest", "\"" + name + "\" is no hash of digest authentication", "write SHA-512-256, SHA-256 or MD5"));
        }
        if (hashes.isEmpty()) sip.problem("digest", "the list is empty", "name at least one, or leave the key out for SHA-256 and MD5");
        return List.copyOf(hashes);
    }

    static List<Caller> callers(YamlSection sip) {
        List<Caller> callers = new ArrayList<>();
        Set<String> users = new LinkedHashSet<>();
        for (YamlSection section : sip.sections("callers")) {
            String uri = section.required("uri", "an expert's or a guardian's, such as sip:sage@127.0.0.1:5081");
            String user = section.text("user", userOf(section, uri));
            String password = text(section, "password", "what their phone is set to");
            if (user.contains("*")) section.problem("user", "missing, and the uri is a pattern", "name the user that their phones log in as");
            if (!user.isEmpty() && !users.add(user)) section.problem("user", user + " stands twice", "give each caller a name of their own");
            section.end();
            callers.add(new Caller(uri, user, password));
        }
        return List.copyOf(callers);
    }

    private static String userOf(YamlSection section, String uri) {
        if (uri.isEmpty()) return "";
        try {
            String text = UriPattern.parse(uri).text();
            return text.substring(text.indexOf(':') + 1, text.indexOf('@'));
        } catch (IllegalArgumentException none) {
            section.problem("uri", "\"" + uri + "\": " + none.getMessage(), "write it such as sip:sage@127.0.0.1:5081");
            return "";
        }
    }

    private static String text(YamlSection section, String key, String remedy) {
        String text = section.required(key, remedy);
        if (!text.isEmpty() && !TEXT.matcher(text).matches())
            section.problem(key, "too long, or with characters that cannot be typed", "at most 128 characters");
        return text;
    }
}
