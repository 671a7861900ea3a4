import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.Locale;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Takes the signatures off the jars that it is given, in place. The JVM keeps no class of a signed jar in its AOT cache, and checks the digest of each class
 * that it loads from one: a tenth of a second of every start. Nobody asks for these signatures: the JDK wants none of a provider, and what Maven fetched
 * it has checked already.
 */
final class Unsigned {
    public static void main(String[] jars) throws IOException {
        for (String jar : jars) unsign(Path.of(jar));
    }

    private static void unsign(Path path) throws IOException {
        Path aside = path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid());
        try (JarFile jar = new JarFile(path.toFile(), false)) {
            if (jar.stream().noneMatch(Unsigned::signature)) return;
            try (OutputStream file = Files.newOutputStream(aside); JarOutputStream out = new JarOutputStream(file, plain(jar.getManifest()))) {
                for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements();) {
                    JarEntry entry = entries.nextElement();
                    if (signature(entry) || entry.getName().equals(JarFile.MANIFEST_NAME)) continue;
                    JarEntry copy = new JarEntry(entry.getName());
                    copy.setTime(entry.getTime());
                    out.putNextEntry(copy);
                    try (InputStream in = jar.getInputStream(entry)) {
                        in.transferTo(out);
                    }
                    out.closeEntry();
                }
            }
        }
        Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean signature(JarEntry entry) {
        return entry.getName().toUpperCase(Locale.ROOT).matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
    }

    /** The main attributes alone: the digest of each class is dropped with what signed it. */
    private static Manifest plain(Manifest signed) {
        Manifest plain = new Manifest();
        plain.getMainAttributes().putAll(signed.getMainAttributes());
        plain.getMainAttributes().putIfAbsent(Attributes.Name.MANIFEST_VERSION, "1.0");
        return plain;
    }
}
