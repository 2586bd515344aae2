namespace Keyway.Gateway.Users;

/// <summary>The users of a pool: those that the map names, and the default user, who everybody is at first.</summary>
public sealed class UserTable
{
    // Who asks for a user that is not there waits as long as for one that is.
    private static readonly User Nobody = new(new UserDefinition { Name = "", Password = "" }, isOn: false);

    private readonly User[] _users;

    private UserTable(User[] users)
    {
        _users = users;
        Default = Array.Find(users, user => user.Name == User.DefaultName)!;
    }

    public User Default { get; }

    /// <summary>By name.</summary>
    public IReadOnlyList<User> All => _users;

    /// <summary>
    /// The pool's password is the default user's. Without one the default user needs none, unless there are other users: then it cannot be used at all.
    /// </summary>
    public static UserTable Of(PoolDefinition pool)
    {
        var users = pool.Users.Select(definition => new User(definition)).ToList();
        if (!users.Exists(user => user.Name == User.DefaultName))
        {
            var definition = new UserDefinition { Name = User.DefaultName, Password = pool.Password };
            users.Add(new User(definition, isOn: pool.Password is not null || pool.Users.Count == 0));
        }
        return new UserTable([.. users.OrderBy(user => user.Name, StringComparer.Ordinal)]);
    }

    public User? Find(ReadOnlySpan<byte> name)
    {
        foreach (User user in _users)
        {
            if (name.SequenceEqual(user.NameBytes)) return user;
        }
        return null;
    }

    /// <summary>The user of that name if the password is its own.</summary>
    public User? Authenticate(ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        User user = Find(name) ?? Nobody;
        return user.Accepts(password) ? user : null;
    }
}
