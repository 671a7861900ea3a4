package org.infrafabric.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** SQL inside one transaction of the store. Arguments and columns are {@code String}, {@code Long}, {@code byte[]} or null. Not to be kept. */
public interface Transaction {
    /** Runs one statement; gives the number of rows it changed. Throws {@link StoreFailure}. */
    int execute(String sql, @Nullable Object... arguments);

    /** Runs one query and maps its rows in order. Throws {@link StoreFailure}. */
    <T> List<T> query(String sql, Function<Row, T> mapper, @Nullable Object... arguments);

    /** The first row of a query, if any. */
    default <T> Optional<T> first(String sql, Function<Row, T> mapper, @Nullable Object... arguments) {
        return query(sql, mapper, arguments).stream().findFirst();
    }

    /** One row of a result; columns count from 0. A null column throws {@link StoreFailure} unless asked for with {@link #isNull}. */
    interface Row {
        String text(int column);

        long number(int column);

        byte[] bytes(int column);

        boolean isNull(int column);
    }
}
